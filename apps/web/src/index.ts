export { buildWeb, type WebBuild } from '../build.ts';
