import './registered-starts.js';
