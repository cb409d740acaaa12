import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** One moment of a process with all its descendants. */
export interface TreeUsage {
  /** User and system time of all of them, their threads and the children they have reaped, in ms (10 ms steps). */
  readonly cpuMs: number
  /** Sum of the resident sets in bytes. Pages shared by several processes count once for each. */
  readonly rssBytes: number
  readonly processes: number
}

interface ProcessStat {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
  readonly rssPages: number
}

/** Linux reports process times in this unit on every architecture (USER_HZ). */
const msPerTick = 10
const pageBytes = 4096

/** CPU time and memory of the process `root` and everything below it, from /proc (Linux only). */
export function treeUsage(root: number): TreeUsage {
  const all = processes()
  const tree = new Set([root])
  for (let grown = true; grown; ) {
    grown = false
    for (const { pid, parent } of all) {
      if (tree.has(parent) && !tree.has(pid)) {
        tree.add(pid)
        grown = true
      }
    }
  }
  const members = all.filter(({ pid }) => tree.has(pid))
  return {
    cpuMs: members.reduce((sum, { ticks }) => sum + ticks, 0) * msPerTick,
    rssBytes: members.reduce((sum, { rssPages }) => sum + rssPages, 0) * pageBytes,
    processes: members.length,
  }
}

/**
 * Waits until a server has nothing to do: until its process tree has used less than a tenth of a processor for half a
 * second, at most `limitMs`. MLflow answers its first request while most of its workers are still being imported.
 */
export async function waitUntilQuiet(root: number, limitMs = 60_000): Promise<void> {
  const sliceMs = 500
  for (let waited = 0; waited < limitMs; waited += sliceMs) {
    const before = treeUsage(root).cpuMs
    await wait(sliceMs)
    if (treeUsage(root).cpuMs - before < sliceMs / 10) return
  }
}

/** Busy time of the whole machine since boot in ms, all processors added up, time stolen by a hypervisor included. */
export function machineBusyMs(): number {
  const [, user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'latin1')
    .split('\n', 1)[0]!
    .split(/ +/)
    .map(Number)
  return (user! + nice! + system! + irq! + softirq! + steal!) * msPerTick
}

function processes(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [parseProcessStat(readFileSync(`/proc/${name}/stat`, 'latin1'))]
      } catch {
        return [] // it has ended since the directory was read
      }
    })
}

/** Reads one line of /proc/<pid>/stat; see proc_pid_stat(5) for the fields. */
export function parseProcessStat(line: string): ProcessStat {
  // The second field is the command in brackets and may hold blanks and brackets itself.
  const afterCommand = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(afterCommand[number - 3])
  return {
    pid: Number.parseInt(line, 10),
    parent: field(4),
    ticks: field(14) + field(15) + field(16) + field(17),
    rssPages: field(24),
  }
}
