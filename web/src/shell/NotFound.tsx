import { Empty } from '../parts/Empty'
import { LinkButton } from '../parts/LinkButton'
import { Page } from '../parts/Page'
import { useWords } from '../words'

/** No such page, or none for this role: the same answer. */
export function NotFound() {
  const t = useWords()
  return (
    <Page title={t('shell:lost.title')}>
      <Empty
        title={t('shell:lost.what')}
        action={
          <LinkButton to="/" type="primary">
            {t('shell:lost.home')}
          </LinkButton>
        }
      >
        {t('shell:lost.todo')}
      </Empty>
    </Page>
  )
}
