import { Input, Modal } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import { $api } from '../api/client'
import { useMay } from '../api/session'
import { useWords } from '../words'
import { AREAS } from './areas'

const OPEN = 'open-search'

export function openSearch() {
  dispatchEvent(new Event(OPEN))
}

/** `/` anywhere: pages, tasks and data by name. */
export function Search() {
  const t = useWords()
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const show = () => setOpen(true)
    const key = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest('input,textarea')
      const asked = event.key === '/' || (event.key === 'k' && (event.metaKey || event.ctrlKey))
      if (asked && !(typing && event.key === '/')) {
        event.preventDefault()
        setOpen(true)
      }
    }
    addEventListener(OPEN, show)
    addEventListener('keydown', key)
    return () => {
      removeEventListener(OPEN, show)
      removeEventListener('keydown', key)
    }
  }, [])
  return (
    <Modal
      open={open}
      onCancel={() => setOpen(false)}
      footer={null}
      closable={false}
      destroyOnHidden
      width={560}
      title={<span className="hidden-text">{t('shell:search.open')}</span>}
      className="search"
    >
      {open && <Finder done={() => setOpen(false)} />}
    </Modal>
  )
}

interface Found {
  to: string
  label: string
  kind: string
}

function Finder({ done }: { done: () => void }) {
  const t = useWords()
  const go = useNavigate()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const all = useEverything()
  const found = useMemo(() => {
    const asked = text.trim().toLowerCase()
    return all.filter((each) => each.label.toLowerCase().includes(asked)).slice(0, 10)
  }, [all, text])
  const take = (each: Found | undefined) => {
    if (!each) return
    done()
    go(each.to)
  }
  return (
    <>
      <Input
        autoFocus
        size="large"
        variant="borderless"
        placeholder={t('shell:search.what')}
        aria-label={t('shell:search.what')}
        role="combobox"
        aria-expanded
        aria-controls="found"
        aria-activedescendant={found.length ? `found-${at}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1))
          else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0))
          else if (event.key === 'Enter') take(found[at])
          else return
          event.preventDefault()
        }}
      />
      <div className="found" role="listbox" id="found" aria-label={t('shell:search.found')}>
        {found.map((each, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys
          <div
            key={each.to}
            id={`found-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className={index === at ? 'chosen' : ''}
            onMouseEnter={() => setAt(index)}
            onClick={() => take(each)}
          >
            <span className="clip grow">{each.label}</span>
            <span className="faint small">{each.kind}</span>
          </div>
        ))}
        {found.length === 0 && <p className="faint">{t('shell:search.nothing')}</p>}
      </div>
    </>
  )
}

function useEverything(): Found[] {
  const t = useWords()
  const may = useMay()
  const own = may('see_own')
  const ask = { params: { query: { limit: 100 } } }
  const tasks = $api.useQuery('get', '/v1/tasks', ask, { enabled: own })
  const data = $api.useQuery('get', '/v1/datasets', ask, { enabled: own })
  return [
    ...AREAS.flatMap((area) =>
      area.pages
        .filter((page) => page.nav && may(...page.needs))
        .map((page) => ({
          to: page.path,
          label: t(`${area.name}:nav.${page.nav?.name}`),
          kind: t(`${area.name}:nav.title`),
        })),
    ),
    ...(tasks.data?.items ?? []).map((task) => ({
      to: `/tasks/${task.task_id}`,
      label: task.target,
      kind: t('shell:search.task'),
    })),
    ...(data.data?.items ?? []).map((set) => ({
      to: `/data/${set.dataset_id}`,
      label: set.name,
      kind: t('shell:search.data'),
    })),
  ]
}
