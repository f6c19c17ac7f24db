/** Take a file away: the browser asks the centre itself, with the session's cookie. */
export function download(address: string, name?: string) {
  const link = document.createElement('a')
  link.href = address
  link.download = name ?? ''
  link.click()
}
