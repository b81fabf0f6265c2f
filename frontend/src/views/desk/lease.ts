// Who looks at a candidate occupies it, so that two do not decide on the same one. Taken when somebody stays on it, renewed
// while he does, given back when he leaves it.

export interface LeaseCalls {
  take: (id: string) => Promise<void>
  release: (id: string) => Promise<void>
  /** How it went; text says who else occupies it. */
  held: (id: string) => void
  taken: (id: string, cause: unknown) => void
  released: () => void
}

/** Whoever only passes by occupies nothing, in ms. */
export const settle = 700
/** A lease is renewed after this part of the time it lasts. */
const renewAt = 0.5

export function newLease(calls: LeaseCalls, lasts: () => number) {
  let wanted = ''
  let holding = ''
  let clock: ReturnType<typeof setTimeout> | undefined

  async function take(id: string): Promise<void> {
    try {
      await calls.take(id)
      if (wanted !== id) return void calls.release(id).catch(() => undefined)
      holding = id
      calls.held(id)
    } catch (cause) {
      if (wanted !== id) return
      holding = ''
      calls.taken(id, cause)
    }
    // Somebody else's ends some time, too.
    clock = setTimeout(() => void take(id), lasts() * renewAt)
  }

  /** The candidate that is looked at now, '' for none. */
  function look(id: string): void {
    if (id === wanted) return
    clearTimeout(clock)
    if (holding) {
      void calls.release(holding).catch(() => undefined)
      holding = ''
    }
    wanted = id
    calls.released()
    if (id) clock = setTimeout(() => void take(id), settle)
  }

  return {
    look,
    /** A decision ends the lease by itself. */
    decided: (id: string) => {
      if (holding === id) holding = ''
    },
    now: () => {
      clearTimeout(clock)
      if (wanted) void take(wanted)
    },
  }
}
