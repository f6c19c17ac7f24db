import type { EChartsCoreOption, EChartsType } from 'echarts/core'
import { useEffect, useRef } from 'react'
import { useMode } from '../look/mode'
import { colours, SERIES } from '../look/theme'
import './parts.css'

interface ChartProps {
  option: EChartsCoreOption
  height?: number
  /** What the picture shows, in a sentence with its numbers: who cannot see it reads this. */
  label: string
  onClick?: (event: { name: string; dataIndex: number; seriesName?: string }) => void
}

/** A chart in the colours of the centre; the library comes with the first one that is seen. */
export function Chart({ option, height = 240, label, onClick }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)
  const click = useRef(onClick)
  click.current = onClick
  const latest = useRef(option)
  latest.current = option
  const [mode] = useMode()

  useEffect(() => {
    let gone = false
    let sizes: ResizeObserver | undefined
    import('./echarts').then(({ init }) => {
      if (gone || !place.current) return
      const made = init(place.current)
      chart.current = made
      made.on('click', (event) => click.current?.(event as never))
      made.setOption(dressed(latest.current, mode))
      sizes = new ResizeObserver(() => made.resize())
      sizes.observe(place.current)
    })
    return () => {
      gone = true
      sizes?.disconnect()
      chart.current?.dispose()
      chart.current = null
    }
  }, [mode])

  useEffect(() => {
    chart.current?.setOption(dressed(option, mode), { notMerge: true })
  }, [option, mode])

  return <div ref={place} className="chart" style={{ height }} role="img" aria-label={label} />
}

/** The option with our type, lines and colours under it. */
function dressed(option: EChartsCoreOption, mode: 'light' | 'dark'): EChartsCoreOption {
  const colour = colours(mode)
  const axis = {
    axisLine: { lineStyle: { color: colour.line } },
    axisTick: { show: false },
    axisLabel: { color: colour.faint, fontSize: 11.5, hideOverlap: true },
    nameTextStyle: { color: colour.faint, fontSize: 11.5 },
    splitLine: { lineStyle: { color: colour.line } },
  }
  const dress = (given: unknown) =>
    Array.isArray(given)
      ? given.map((each) => ({ ...axis, ...each }))
      : given
        ? { ...axis, ...(given as object) }
        : undefined
  return {
    color: SERIES[mode],
    animationDuration: 300,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour.ink },
    grid: { left: 8, right: 16, top: 28, bottom: 8, containLabel: true },
    ...option,
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: mode === 'dark' ? '#22302c' : '#ffffff',
      borderColor: colour.line,
      textStyle: { color: colour.ink, fontSize: 12.5 },
      ...(option.tooltip as object),
    },
    ...(option.legend
      ? {
          legend: {
            top: 0,
            left: 0,
            icon: 'roundRect',
            itemWidth: 10,
            itemHeight: 10,
            textStyle: { color: colour.soft },
            ...(option.legend as object),
          },
        }
      : {}),
    ...(option.xAxis ? { xAxis: dress(option.xAxis) } : {}),
    ...(option.yAxis ? { yAxis: dress(option.yAxis) } : {}),
  }
}
