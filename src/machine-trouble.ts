import { systemErrorCode } from './system-error.ts'

/** What the operating system refused, in words, and what to do about it. */
export interface MachineTrouble {
  readonly code: string
  readonly what: string
  readonly advice: string
  /** What it was about; null where the system did not say. */
  readonly path: string | null
}

const FREE_SPACE = 'Free some space, or use another reports folder (--reports-dir), then run again.'
const OTHER_FOLDER =
  'Use a reports folder on another file system (--reports-dir), or mend this one, then run again.'
const MORE_FILES = 'Raise the limit (ulimit -n 1024), then run again.'
const RIGHT_PATH = 'Correct the path, or move what stands there out of the way, then run again.'
const NETWORK_DRIVE = 'Mount that file system anew, or use another reports folder (--reports-dir).'
const LATER = 'Run again once it is free.'

/** Errors of the machine: never a bug of this tool. What is not listed is told by its code. */
const TROUBLES = {
  EACCES: {
    what: 'no permission',
    advice: 'Run it as a user who may, or use another reports folder (--reports-dir).',
  },
  EADDRINUSE: { what: 'the address is in use', advice: 'Use another port (--port).' },
  EBUSY: { what: 'the file or the device is in use', advice: LATER },
  EDQUOT: { what: 'the disk quota is used up', advice: FREE_SPACE },
  EEXIST: { what: 'a file stands where a directory is wanted', advice: RIGHT_PATH },
  EFBIG: {
    what: 'a file may not grow any further',
    advice: 'Raise the limit (ulimit -f), or use another reports folder (--reports-dir).',
  },
  EINVAL: { what: 'the file system cannot do what was asked of it', advice: OTHER_FOLDER },
  EIO: { what: 'the disk or the device fails to read or write', advice: OTHER_FOLDER },
  EISDIR: { what: 'a directory stands where a file is wanted', advice: RIGHT_PATH },
  ELOOP: { what: 'symbolic links lead in a circle', advice: RIGHT_PATH },
  EMFILE: { what: 'too many open files for this process', advice: MORE_FILES },
  EMLINK: { what: 'a directory has too many entries', advice: OTHER_FOLDER },
  ENAMETOOLONG: {
    what: 'the path is too long for the file system',
    advice: 'Use a shorter path (--reports-dir), then run again.',
  },
  ENFILE: {
    what: 'too many open files on this machine',
    advice: 'End other programs, or raise the limit of the system, then run again.',
  },
  ENODEV: { what: 'the device is gone', advice: OTHER_FOLDER },
  ENOENT: { what: 'there is no such file or directory', advice: RIGHT_PATH },
  ENOLCK: { what: 'the file system has no locks left', advice: OTHER_FOLDER },
  ENOMEM: { what: 'the machine has no memory left', advice: 'End other programs, then run again.' },
  ENOSPC: { what: 'the disk is full', advice: FREE_SPACE },
  ENOSYS: { what: 'the file system cannot do what was asked of it', advice: OTHER_FOLDER },
  ENOTCONN: { what: 'the connection to the file system is lost', advice: NETWORK_DRIVE },
  ENOTDIR: { what: 'a file stands where a directory is wanted', advice: RIGHT_PATH },
  ENOTEMPTY: { what: 'a directory is not empty', advice: RIGHT_PATH },
  ENOTSUP: { what: 'the file system cannot do what was asked of it', advice: OTHER_FOLDER },
  ENXIO: { what: 'the device is gone, or nobody reads that pipe', advice: RIGHT_PATH },
  EOPNOTSUPP: { what: 'the file system cannot do what was asked of it', advice: OTHER_FOLDER },
  EPERM: {
    what: 'not permitted',
    advice: 'Run it as a user who may, or use another reports folder (--reports-dir).',
  },
  EROFS: { what: 'the file system is read-only', advice: OTHER_FOLDER },
  ESTALE: { what: 'the network file system has lost the file', advice: NETWORK_DRIVE },
  ETXTBSY: { what: 'the file is being run', advice: LATER },
  EXDEV: { what: 'the folder spans two file systems', advice: OTHER_FOLDER },
} as const satisfies Readonly<Record<string, Pick<MachineTrouble, 'what' | 'advice'>>>

/** The machine's part in an error, or in what caused it; null where it had none. */
export function machineTrouble(error: unknown): MachineTrouble | null {
  // A cause of a cause of a cause: nobody nests them deeper.
  for (let each = error, depth = 0; each instanceof Error && depth < 4; depth += 1) {
    const trouble = troubleOf(each)
    if (trouble !== null) return trouble
    each = each.cause
  }
  return null
}

function troubleOf(error: Error): MachineTrouble | null {
  const code = systemErrorCode(error)
  if (code === null) return null
  const { path, syscall } = error as NodeJS.ErrnoException
  const where = typeof path === 'string' ? path : null
  if (isListed(code)) return { code, path: where, ...TROUBLES[code] }
  // Node's own errors (ERR_…) have no system call.
  if (typeof syscall !== 'string' || !/^E[A-Z0-9]+$/.test(code)) return null
  return {
    code,
    path: where,
    what: `the system refused (${syscall})`,
    advice: 'Mend what it names, then run again.',
  }
}

function isListed(code: string): code is keyof typeof TROUBLES {
  return Object.hasOwn(TROUBLES, code)
}
