import { HomeOutlined, PlusCircleOutlined, UnorderedListOutlined } from '@ant-design/icons'
import type { Area } from '../../shell/area'

export const tasks: Area = {
  name: 'tasks',
  side: 'tenant',
  pages: [
    {
      path: '/home',
      needs: ['see_own'],
      load: () => import('./Home'),
      nav: { name: 'home', icon: <HomeOutlined /> },
    },
    {
      path: '/new',
      needs: ['work'],
      load: () => import('./New'),
      nav: { name: 'new', icon: <PlusCircleOutlined /> },
    },
    {
      path: '/tasks',
      needs: ['see_own'],
      load: () => import('./Tasks'),
      nav: { name: 'tasks', icon: <UnorderedListOutlined /> },
    },
    { path: '/tasks/:id', needs: ['see_own'], load: () => import('./Task') },
  ],
}
