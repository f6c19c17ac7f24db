import {
  ClusterOutlined,
  DashboardOutlined,
  LineChartOutlined,
  OrderedListOutlined,
  RetweetOutlined,
} from '@ant-design/icons'
import type { Area } from '../../shell/area'

export const run: Area = {
  name: 'run',
  side: 'operator',
  pages: [
    {
      path: '/ops',
      needs: ['see_pool'],
      load: () => import('./Overview'),
      nav: { name: 'overview', icon: <DashboardOutlined /> },
    },
    {
      path: '/ops/pool',
      needs: ['see_pool'],
      load: () => import('./Pool'),
      nav: { name: 'pool', icon: <ClusterOutlined /> },
    },
    {
      path: '/ops/queue',
      needs: ['see_jobs'],
      load: () => import('./Queue'),
      nav: { name: 'queue', icon: <OrderedListOutlined /> },
    },
    {
      path: '/ops/jobs/:id',
      needs: ['see_jobs'],
      load: () => import('./Job'),
      under: '/ops/queue',
    },
    {
      path: '/ops/utilisation',
      needs: ['see_pool'],
      load: () => import('./Utilisation'),
      nav: { name: 'utilisation', icon: <LineChartOutlined /> },
    },
    {
      path: '/ops/replay',
      needs: ['operate'],
      load: () => import('./Replay'),
      nav: { name: 'replay', icon: <RetweetOutlined /> },
    },
  ],
}
