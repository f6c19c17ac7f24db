import { AccountBookOutlined, GiftOutlined, RiseOutlined, TeamOutlined } from '@ant-design/icons'
import type { Area } from '../../shell/area'

export const account: Area = {
  name: 'account',
  side: 'tenant',
  pages: [
    {
      path: '/usage',
      needs: ['see_own'],
      load: () => import('./Usage'),
      nav: { name: 'usage', icon: <AccountBookOutlined /> },
    },
    {
      path: '/bills/:number',
      needs: ['see_own', 'see_records'],
      load: () => import('./Bill'),
      under: '/usage',
    },
    {
      path: '/vouchers',
      needs: ['work'],
      load: () => import('./Vouchers'),
      nav: { name: 'vouchers', icon: <GiftOutlined /> },
    },
    { path: '/vouchers/new', needs: ['work'], load: () => import('./NewVoucher') },
    { path: '/vouchers/:id', needs: ['work', 'see_records'], load: () => import('./Voucher') },
    {
      path: '/grants',
      needs: ['work'],
      load: () => import('./Grants'),
      nav: { name: 'grants', icon: <RiseOutlined /> },
    },
    {
      path: '/account',
      needs: ['manage'],
      load: () => import('./People'),
      nav: { name: 'people', icon: <TeamOutlined /> },
    },
  ],
}
