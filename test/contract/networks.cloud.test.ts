import { describe } from 'vitest';
import { localCloud } from './cloud.ts';
import { cloudScene } from './network-scene.cloud.ts';
import { detachSuite, prefixListsSuite } from './networks.suite.ts';
import { interfacesSuite } from './surroundings.suite.ts';

const cloud = localCloud();
const make = () => cloudScene(cloud());

describe('groups off interfaces', () => detachSuite(make));
describe('prefix lists', () => prefixListsSuite(make));
describe('interfaces', () => interfacesSuite(make, 'networks'));
