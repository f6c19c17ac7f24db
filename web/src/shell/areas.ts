import { account } from '../pages/account/area'
import { business } from '../pages/business/area'
import { library } from '../pages/library/area'
import { proof } from '../pages/proof/area'
import { run } from '../pages/run/area'
import { tasks } from '../pages/tasks/area'
import type { Area } from './area'

/** Every page behind the login, in the order of the sidebar. */
export const AREAS: Area[] = [tasks, library, account, run, business, proof]
