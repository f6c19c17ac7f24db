import type { TableProps } from 'antd'
import type { Schemas } from '../../api/client'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'

type Invoice = Schemas['InvoiceOut']

/** The columns that say what an invoice comes to, the same for who pays it and who made it. */
export function useInvoiceSums(): NonNullable<TableProps<Invoice>['columns']> {
  const t = useWords('account')
  const format = useFormat()
  return [
    {
      title: t('account:bills.charged'),
      align: 'right',
      render: (_, each) => format.yuan(each.charged_yuan),
    },
    {
      title: t('account:bills.voucher'),
      align: 'right',
      render: (_, each) => format.yuan(each.voucher_yuan),
    },
    {
      title: t('account:bills.total'),
      align: 'right',
      render: (_, each) => <b>{format.yuan(each.total_yuan)}</b>,
    },
    {
      title: t('account:bills.made'),
      render: (_, each) => <Time at={each.made_at} exact />,
    },
  ]
}
