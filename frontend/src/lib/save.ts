/** Hands a file to the browser's downloads. */
export function save(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = href
  link.download = name
  link.click()
  // Some browsers read the address after click has returned.
  setTimeout(() => URL.revokeObjectURL(href), 10_000)
}
