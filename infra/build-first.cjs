const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

/**
 * Builds the functions before they are packaged, so that `sls package` and `sls deploy` never ship yesterday's code or
 * yesterday's policy. A folder without the build script (a staged copy) brings its bundles along.
 */
module.exports = class BuildFirst {
  /** @param {{ serviceDir: string, service: { custom: { policy: string } }, classes: { Error: new (message: string) => Error } }} serverless */
  constructor(serverless) {
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => {
        const script = join(serverless.serviceDir, 'scripts', 'build.mjs');
        if (!existsSync(script)) return;
        const args = [script, '--policy', serverless.service.custom.policy];
        const { status } = spawnSync(process.execPath, args, { cwd: serverless.serviceDir, stdio: 'inherit' });
        if (status !== 0) throw new serverless.classes.Error('Nothing was packaged: the build failed (see above).');
      },
    };
  }
};
