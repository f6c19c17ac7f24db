/** Memory as machines and requests count it: in GiB, from MiB. */
export function gib(
  mebibytes: number,
  format: { number: (value: number, digits?: number) => string },
) {
  return `${format.number(mebibytes / 1024, 1)} GiB`
}
