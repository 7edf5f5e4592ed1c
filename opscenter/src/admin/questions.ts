/** What the admin screen asks, and the shapes of the answers. */
import { gql } from '../ui/graphql';

export interface Grant {
  role: string;
  scope: string;
  unit: string | null;
  until: string | null;
}

export interface AccountKey {
  id: string;
  role: string;
  scope: string;
  expiresAt: string;
  revoked: boolean;
  live: boolean;
}

export interface Account {
  id: string;
  kind: string;
  scope: string;
  live: boolean;
  linked: boolean;
  grants: Grant[];
  keys: AccountKey[];
}

export const ACCOUNTS = gql<{ accounts: Account[] }>(`query AdminAccounts {
  accounts {
    id kind scope live linked
    grants { role scope unit until }
    keys { id role scope expiresAt revoked live }
  }
}`);

export interface Category {
  code: string;
  owner: string;
  name: string;
  nameEn: string;
  lead: string;
  limit: string;
  tier: string;
  publicity: string;
  severity: string;
  confidence: string;
}

export interface Department {
  key: string;
  name: string;
  nameEn: string;
}

export const POLICY = gql<{ categories: Category[]; departments: Department[] }>(`query AdminPolicy {
  categories { code owner name nameEn lead limit tier publicity severity confidence }
  departments { key name nameEn }
}`);

export interface Model {
  name: string;
  version: number;
  position: string;
  lag: number;
  held: number;
  rebuild: number;
}

export interface LogHead {
  head: string;
  sealed: string;
  witnessed: string;
  sealedAt: string | null;
}

export const HEALTH = gql<{ log: LogHead; readModels: Model[] }>(`query AdminHealth {
  log { head sealed witnessed sealedAt }
  readModels { name version position lag held rebuild }
}`);
