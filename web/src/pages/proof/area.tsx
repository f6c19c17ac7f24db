import { AuditOutlined, FileSearchOutlined, SafetyCertificateOutlined } from '@ant-design/icons'
import type { Area } from '../../shell/area'

export const proof: Area = {
  name: 'proof',
  side: 'operator',
  pages: [
    {
      path: '/ops/ledger',
      needs: ['verify'],
      load: () => import('./Verify'),
      nav: { name: 'verify', icon: <SafetyCertificateOutlined /> },
    },
    {
      path: '/ops/follow',
      needs: ['verify'],
      load: () => import('./Find'),
      nav: { name: 'follow', icon: <FileSearchOutlined /> },
    },
    { path: '/follow/:job', needs: ['see_own', 'see_records'], load: () => import('./Follow') },
    {
      path: '/ops/audit',
      needs: ['see_audit'],
      load: () => import('./Audit'),
      nav: { name: 'audit', icon: <AuditOutlined /> },
    },
  ],
}
