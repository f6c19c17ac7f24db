import {
  CalendarOutlined,
  FileDoneOutlined,
  GiftOutlined,
  TagsOutlined,
  TeamOutlined,
} from '@ant-design/icons'
import type { Area } from '../../shell/area'

export const business: Area = {
  name: 'business',
  side: 'operator',
  pages: [
    {
      path: '/ops/tenants',
      needs: ['operate', 'see_records'],
      load: () => import('./Tenants'),
      nav: { name: 'tenants', icon: <TeamOutlined /> },
    },
    { path: '/ops/tenants/:id', needs: ['operate', 'see_records'], load: () => import('./Tenant') },
    {
      path: '/ops/applications',
      needs: ['see_records'],
      load: () => import('./Applications'),
      nav: { name: 'applications', icon: <FileDoneOutlined /> },
    },
    {
      path: '/ops/prices',
      needs: ['operate', 'see_records'],
      load: () => import('./Prices'),
      nav: { name: 'prices', icon: <TagsOutlined /> },
    },
    {
      path: '/ops/months',
      needs: ['see_records'],
      load: () => import('./Months'),
      nav: { name: 'months', icon: <CalendarOutlined /> },
    },
    {
      path: '/ops/vouchers',
      needs: ['see_records'],
      load: () => import('./Vouchers'),
      nav: { name: 'vouchers', icon: <GiftOutlined /> },
    },
  ],
}
