import 'forkless/register';
import './plain.mjs';
