import { Link } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { useSaid, useWords } from '../../words'
import { Leader, ReceiptBlock } from './ReceiptBlock'

/** What answered the question. */
export function AlgorithmBlock({ receipt }: { receipt: Schemas['ReceiptOut'] }) {
  const t = useWords('library')
  const said = useSaid()
  const { algorithm } = receipt
  const { data } = $api.useQuery('get', '/v1/algorithms', {}, { staleTime: 600_000 })
  const card = data?.items.find((each) => each.name === algorithm.name)
  return (
    <ReceiptBlock
      name="algorithm"
      figure={t('library:version', { version: algorithm.version })}
      links={<Link to={`/catalogue/${algorithm.name}`}>{t('library:receipt.to_algorithm')}</Link>}
    >
      <dl>
        <Leader label={t('library:receipt.method')}>
          {card ? said(card.title.zh, card.title.en) : algorithm.name}
        </Leader>
        <Leader label={t('library:licence')}>{algorithm.licence}</Leader>
      </dl>
    </ReceiptBlock>
  )
}
