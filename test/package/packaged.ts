import { afterAll, beforeAll } from 'vitest';
import { type Packaged, packageTemplate, remove } from './stage.ts';
import { type Resource, resolveTemplate } from './template.ts';

/** The stack as it is packaged, once for all tests of a file. */
export function packagedStack() {
  let packaged: Packaged;
  let resources: Readonly<Record<string, Resource>>;
  beforeAll(async () => {
    packaged = await packageTemplate();
    resources = resolveTemplate(packaged.template);
  });
  afterAll(() => remove(packaged));
  return {
    packaged: () => packaged,
    ofType: (type: string) => Object.entries(resources).filter(([, resource]) => resource.Type === type),
    property: (id: string, name: string) => resources[id]?.Properties[name],
  };
}
