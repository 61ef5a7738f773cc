import type { FilesAccess } from '../../src/cloud/sign-in/clouds-files.ts'

/** Files that exist only for a test; home is `/home/dr`, the working directory `/project`. */
export function memoryFiles(
  contents: Readonly<Record<string, string>>,
  env: FilesAccess['env'] = {},
): FilesAccess {
  return {
    env,
    home: '/home/dr',
    cwd: '/project',
    readFile: async (path) => contents[path] ?? null,
  }
}
