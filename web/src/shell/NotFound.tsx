import { Button } from 'antd'
import { Link } from 'react-router'
import { Empty } from '../parts/Empty'
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
          <Link to="/">
            <Button type="primary">{t('shell:lost.home')}</Button>
          </Link>
        }
      >
        {t('shell:lost.todo')}
      </Empty>
    </Page>
  )
}
