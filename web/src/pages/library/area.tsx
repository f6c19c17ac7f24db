import { AppstoreOutlined, DatabaseOutlined, FolderOpenOutlined } from '@ant-design/icons'
import type { Area } from '../../shell/area'

export const library: Area = {
  name: 'library',
  side: 'tenant',
  pages: [
    {
      path: '/data',
      needs: ['see_own'],
      load: () => import('./Data'),
      nav: { name: 'data', icon: <DatabaseOutlined /> },
    },
    { path: '/data/:id', needs: ['see_own'], load: () => import('./DataOne') },
    {
      path: '/results',
      needs: ['see_own'],
      load: () => import('./Results'),
      nav: { name: 'results', icon: <FolderOpenOutlined /> },
    },
    { path: '/results/:id', needs: ['see_own'], load: () => import('./ResultOne') },
    {
      path: '/catalogue',
      needs: ['see_own'],
      load: () => import('./Catalogue'),
      nav: { name: 'catalogue', icon: <AppstoreOutlined /> },
    },
    {
      path: '/catalogue/:name',
      needs: ['see_own', 'see_records'],
      load: () => import('./CatalogueOne'),
    },
    {
      path: '/receipts/:id',
      needs: ['see_own', 'see_records'],
      load: () => import('./Receipt'),
      under: '/results',
    },
  ],
}
