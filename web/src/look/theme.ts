import { type ThemeConfig, theme } from 'antd'
import type { Mode } from './mode'

/** Ant Design speaks in the tokens of `look.css`; the few colours it computes with stand here too. */
const COLOURS = {
  light: {
    accent: '#0b6e5f',
    ground: '#f4f7f6',
    paper: '#ffffff',
    ink: '#14211d',
    soft: '#4a5a54',
    faint: '#606e68',
    line: '#dfe7e4',
    good: '#2b7a4b',
    warn: '#96590a',
    bad: '#b3372e',
  },
  dark: {
    accent: '#45bda5',
    ground: '#0d1312',
    paper: '#151d1b',
    ink: '#e6eeeb',
    soft: '#a9b8b2',
    faint: '#8a9a94',
    line: '#26322f',
    good: '#6cc08b',
    warn: '#dfa650',
    bad: '#ee8a80',
  },
}

/** The series of a chart, told apart also by who sees colours otherwise (after Okabe and Ito). */
export const SERIES = {
  light: ['#0b6e5f', '#c8792b', '#3e6fb0', '#8b5a9c', '#606e68', '#b3372e', '#8a8f1d', '#2f9bb3'],
  dark: ['#45bda5', '#e0a060', '#7fa8e0', '#c29ad3', '#8a9a94', '#ee8a80', '#c5c95a', '#6cc5da'],
}

export function colours(mode: Mode) {
  return COLOURS[mode]
}

export function themeOf(mode: Mode): ThemeConfig {
  const colour = COLOURS[mode]
  return {
    algorithm: mode === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: colour.accent,
      colorInfo: colour.accent,
      colorLink: colour.accent,
      colorSuccess: colour.good,
      colorWarning: colour.warn,
      colorError: colour.bad,
      colorBgLayout: colour.ground,
      colorBgContainer: colour.paper,
      colorBgElevated: mode === 'dark' ? '#1b2523' : colour.paper,
      colorText: colour.ink,
      colorTextSecondary: colour.soft,
      colorTextTertiary: colour.faint,
      colorTextDescription: colour.faint,
      colorTextPlaceholder: colour.faint,
      colorBorder: colour.line,
      colorBorderSecondary: colour.line,
      borderRadius: 9,
      borderRadiusLG: 12,
      controlHeight: 36,
      controlHeightLG: 44,
      fontFamily: 'var(--sans)',
      fontFamilyCode: 'var(--mono)',
      fontSize: 14,
      boxShadowSecondary: 'var(--shadow)',
      wireframe: false,
    },
    components: {
      Button: {
        primaryShadow: 'none',
        defaultShadow: 'none',
        fontWeight: 500,
        ...(mode === 'dark' ? { primaryColor: '#06201b', dangerColor: '#2b0b07' } : {}),
      },
      Table: {
        headerBg: 'transparent',
        headerColor: colour.faint,
        headerSplitColor: 'transparent',
        cellPaddingBlock: 13,
        rowHoverBg: mode === 'dark' ? '#1a2421' : '#f7faf9',
      },
      Tabs: { horizontalItemPadding: '10px 2px', horizontalItemGutter: 28, titleFontSize: 14 },
      Tag: { defaultBg: 'transparent' },
      Progress: { defaultColor: colour.accent },
      Tooltip: { colorBgSpotlight: mode === 'dark' ? '#2a3734' : '#22302c' },
    },
  }
}
