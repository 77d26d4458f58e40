// How each agent tells what it has seen. Each is called before the starts, and what it returns after them.
const { channel } = require('node:diagnostics_channel');

exports.none = () => () => [];

/** It publishes each call of a function that it has wrapped. */
exports['dd-trace'] = () => {
  const seen = [];
  channel('tracing:datadog:child_process:execution:start').subscribe(({ command }) => seen.push(command));
  return () => seen;
};

/** It notes each child that ends with another code than 0. */
exports.sentry = () => {
  const Sentry = require('@sentry/node');
  return () => {
    const { breadcrumbs } = Sentry.getIsolationScope().getScopeData();
    return breadcrumbs.map(({ message }) => message);
  };
};

/** It has nothing for child_process: only whether it has wrapped what else it knows. */
exports.opentelemetry = () => {
  const { get } = require('node:http');
  return () => (get.__wrapped ? ['http'] : []);
};
