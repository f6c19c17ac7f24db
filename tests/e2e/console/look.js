// What a page shows, as somebody hears or reads it: texts with their place, and names of controls.
() => {
  const language = document.documentElement.lang
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const apart = 'script, style, code, pre, kbd, .mono, svg, iframe, [translate=no]'
  const foreign = (element) => {
    const said = element.closest('[lang]')?.lang
    return said && said.slice(0, 2) !== language.slice(0, 2)
  }
  const texts = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim()
    const element = walker.currentNode.parentElement
    if (text && !element.closest(apart) && !foreign(element) && shown(element)) texts.push(text)
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
    if (element.closest('svg, iframe') || foreign(element) || !shown(element)) continue
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      const text = element.getAttribute(name)?.trim()
      if (text) texts.push(text)
    }
  }
  return {
    language,
    title: document.title,
    texts,
    headings: [...document.querySelectorAll('h1')].filter(shown).map((each) => each.innerText),
    tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    links: [...document.querySelectorAll('a[href^="/"]')].map((each) => each.getAttribute('href')),
  }
}
