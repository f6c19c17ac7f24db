import type { Schemas } from '../../api/client'
import { Ask } from '../../parts/Ask'
import { Quality } from '../../parts/Quality'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { Leader, ReceiptBlock } from './ReceiptBlock'

/** The work's share of the energy and its carbon; a click deeper, how both came about. */
export function EnergyBlock({ receipt }: { receipt: Schemas['ReceiptOut'] }) {
  const t = useWords('library')
  const format = useFormat()
  const { energy } = receipt
  if (!energy) {
    return (
      <ReceiptBlock name="energy">
        <p className="soft">{t('library:receipt.no_energy')}</p>
      </ReceiptBlock>
    )
  }
  return (
    <ReceiptBlock
      name="energy"
      figure={
        <>
          {format.energy(energy.energy_wh)} <Quality word={energy.energy_quality} />
        </>
      }
      deeper={{
        label: t('library:receipt.to_energy'),
        content: () => <CarbonWay energy={energy} />,
      }}
    >
      <dl>
        <Leader label={<Ask code="energy">{t('library:receipt.between')}</Ask>}>
          {format.energy(energy.energy_low_wh)} – {format.energy(energy.energy_high_wh)}
        </Leader>
        <Leader label={<Ask code="carbon">{t('library:receipt.carbon')}</Ask>}>
          {format.carbon(energy.carbon_g)} <Quality word={energy.carbon_quality} />
        </Leader>
      </dl>
    </ReceiptBlock>
  )
}

/** Readings → share → building → grid factor: the sum anyone can do again. */
function CarbonWay({ energy }: { energy: Schemas['ReceiptEnergyOut'] }) {
  const t = useWords('library')
  const said = useSaid()
  const format = useFormat()
  const { factor } = energy
  const steps = [
    {
      name: 'share',
      value: format.energy(energy.energy_wh),
      quality: energy.energy_quality,
      why: t('library:way.share_why'),
    },
    {
      name: 'building',
      value: energy.pue_quality ? `× ${format.number(energy.pue)}` : t('library:way.uncounted'),
      quality: energy.pue_quality,
      why: t(energy.pue_quality ? 'library:way.building_why' : 'library:way.building_none'),
    },
    {
      name: 'factor',
      value: `× ${format.number(factor.g_per_kwh)} g/kWh`,
      quality: factor.quality,
      why: t('library:way.factor_why', {
        region: said(factor.name_zh, factor.name_en),
        year: factor.year,
        source: factor.source,
      }),
    },
    {
      name: 'carbon',
      value: format.carbon(energy.carbon_g),
      quality: energy.carbon_quality,
      why: t('library:way.carbon_why'),
    },
  ] as const
  return (
    <>
      <ol className="way">
        {steps.map((step) => (
          <li key={step.name}>
            <div className="row between">
              <span>{t(`library:way.${step.name}`)}</span>
              <span className="number">
                <strong>{step.value}</strong> <Quality word={step.quality} />
              </span>
            </div>
            <p className="small soft">{step.why}</p>
          </li>
        ))}
      </ol>
      <h3>{t('library:way.notes')}</h3>
      <ul className="receipt-notes">
        {said(energy.explanation_zh, energy.explanation_en).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  )
}
