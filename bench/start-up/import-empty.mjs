import './empty.mjs';
