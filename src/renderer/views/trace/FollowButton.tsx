import { Button } from '../../components/Button.tsx';
import { Key } from '../../components/Key.tsx';
import { useCommand } from '../../commands/commands.ts';
import { useSession, useTrace } from '../../stores/open.ts';

/** Keeps the end of the stream in view, or lets go of it. */
export function FollowButton() {
  const session = useSession();
  const follow = useTrace((trace) => trace.follow);
  const toggle = () => session.setFollow(!follow);
  const live = useTrace((trace) => trace.phase === 'live');
  useCommand('trace.follow', toggle, live);
  if (!live) return null;
  return (
    <Button aria-pressed={follow} onClick={toggle}>
      Follow <Key chord="Mod+L" />
    </Button>
  );
}
