// What axe-core finds serious, each with the place and what to do.
async () => {
  const found = await axe.run(document, {
    resultTypes: ['violations'],
    iframes: false,
    preload: false,
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  })
  return found.violations
    .filter((each) => ['serious', 'critical'].includes(each.impact))
    .flatMap((each) =>
      each.nodes.slice(0, 3).map((node) => {
        const why = node.failureSummary.split('\n').slice(1).join(' ').trim()
        return `${each.id}: ${node.target.join(' ')}: ${why}`
      }),
    )
}
