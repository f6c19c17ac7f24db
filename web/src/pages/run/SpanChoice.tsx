import { DatePicker, Segmented } from 'antd'
import dayjs from 'dayjs'
import { useWords } from '../../words'
import { SPANS, type useSpan } from './useSpan'

/** Which span: one of the usual that end now, or any two days. */
export function SpanChoice({ span }: { span: ReturnType<typeof useSpan> }) {
  const t = useWords('run')
  return (
    <div className="row">
      <Segmented
        aria-label={t('run:span.label')}
        value={span.name ?? ''}
        onChange={(name) => span.set({ span: name, since: undefined, until: undefined })}
        options={Object.keys(SPANS).map((value) => ({ value, label: t(`run:span.${value}`) }))}
      />
      <DatePicker.RangePicker
        aria-label={t('run:span.own')}
        value={span.name ? null : [dayjs(span.since), dayjs(span.until)]}
        disabledDate={(day) => day.isAfter(dayjs())}
        onChange={(days) =>
          span.set(
            days?.[0] && days[1]
              ? {
                  span: undefined,
                  since: days[0].startOf('day').toISOString(),
                  until: days[1].endOf('day').toISOString(),
                }
              : { since: undefined, until: undefined },
          )
        }
      />
    </div>
  )
}
