export {
  type Auth,
  GatehouseProvider,
  type GatehouseProviderProps,
  RequireAuth,
  type RequireAuthProps,
  useAccessToken,
  useAuth,
} from './gatehouse-provider.ts';
