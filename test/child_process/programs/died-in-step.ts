import { FileActions } from 'forkless';
import { spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { options } from './unable-to-report.js';

spawnSync('/bin/true', options);
meddle.installSeccomp('write:200=EPERM', false);
const fileActions = new FileActions().addClose(200).addOpen(7, '/no/such', 'r');
const { error } = spawnSync('/bin/true', [], { fileActions });
say((error?.cause as { step?: string } | undefined)?.step);
