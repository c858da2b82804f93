import { PageHead } from '../../parts/page-head.tsx';

export function HomeScreen() {
  return <PageHead title="Home" />;
}
