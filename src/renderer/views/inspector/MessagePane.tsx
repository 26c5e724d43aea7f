import { useMemo, useState } from 'react';
import { cellOf, type BlockRow, type LaneBlock } from '../../../shared/model/block-row.ts';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { Button } from '../../components/Button.tsx';
import { Chip } from '../../components/Chip.tsx';
import { copyText } from '../../components/copy.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { count, plural } from '../../components/format.ts';
import { JsonText } from '../../components/JsonText.tsx';
import { LongText } from '../../components/LongText.tsx';
import { Shown } from '../../components/Shown.tsx';
import { useLaneName, useLanes } from '../../stores/lanes.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import { Empty, Section } from './Section.tsx';
import { emissionsOfBlock, jsonLines, rowOfEvent, wholeMessage } from '../../parts/whole-message.ts';

const CODE: ReadonlySet<LaneBlock['kind']> = new Set(['tool', 'server_tool', 'server_tool_result', 'hidden', 'other']);

/** The block that the selected event belongs to, as each lane's whole message. */
export function MessagePane() {
  const { model } = useSession();
  const lanes = useLanes();
  const index = useTrace((trace) => trace.event);
  useTrace((trace) => trace.structure);
  useTrace((trace) => trace.pulse);
  const event = index === null ? undefined : model.events[index];
  if (!event)
    return (
      <Empty>
        <p>No event is selected.</p>
        <p>Select one to see the whole message it belongs to, as each lane has it.</p>
      </Empty>
    );
  const row = rowOfEvent(model.blocks, event);
  if (!row)
    return (
      <Empty>
        <p>Event {event.index} belongs to no message.</p>
        <p>It is about the stream as a whole: {event.kind}.</p>
      </Empty>
    );
  return (
    <div className="insp-pane">
      <header className="insp-title">
        <h2>
          <Shown isName text={row.cells.wire[0]?.name ?? (row.kind === 'text' ? 'Text' : row.kind)} />
        </h2>
        <Chip>
          <Shown isName text={event.target ?? row.id} />
        </Chip>
        <span className="quiet cut">
          events {row.firstEvent}–{row.lastEvent}
        </span>
      </header>
      {lanes.map((lane) => (
        <LaneMessage key={lane} row={row} lane={lane} />
      ))}
    </div>
  );
}

function LaneMessage({ row, lane }: { readonly row: BlockRow; readonly lane: LaneId }) {
  const nameOf = useLaneName();
  const blocks = cellOf(row, lane);
  if (blocks.length === 0)
    return (
      <Section title={nameOf(lane)}>
        <p className={row.cells.wire.length > 0 ? 'said-nothing lost' : 'said-nothing'}>nothing</p>
      </Section>
    );
  return blocks.map((block) => <WholeMessage key={block.key} block={block} />);
}

function WholeMessage({ block }: { readonly block: LaneBlock }) {
  const { model } = useSession();
  const nameOf = useLaneName();
  const [asJson, setAsJson] = useState(false);
  const { lane } = block;
  const { length } = model.messages;
  // oxlint-disable-next-line react/exhaustive-deps -- the list grows in place; its length says when
  const emissions = useMemo(() => emissionsOfBlock(model.messages, block), [model, block, length]);
  const { chars } = block;
  const json = () => JSON.stringify(wholeMessage(emissions, block), null, 2);
  // oxlint-disable-next-line react/exhaustive-deps -- the block grows in place; its characters say when
  const shownJson = useMemo(() => (asJson ? json() : null), [asJson, emissions, block, chars]);
  const title = (
    <>
      {nameOf(lane)}
      <span className="quiet">
        {plural(block.messages, lane === WIRE ? 'delta' : 'message')}, {count(chars)} ch
        {block.approval && ', approval asked'}
      </span>
    </>
  );
  const end = (
    <>
      <Button aria-pressed={asJson} onClick={() => setAsJson(!asJson)}>
        JSON
      </Button>
      <CopyButton what={`the ${nameOf(lane)} message as JSON`} text={json} />
    </>
  );
  return (
    <Section title={title} end={end}>
      {shownJson !== null ? (
        <JsonText text={shownJson} />
      ) : (
        <div className={CODE.has(block.kind) ? 'whole code' : 'whole'}>
          {chars === 0 ? <span className="quiet">no content</span> : <LongText pieces={block.pieces} />}
        </div>
      )}
      {emissions.length > 1 && (
        <button
          type="button"
          className="link more"
          onClick={() => void copyText(plural(emissions.length, 'message'), jsonLines(emissions))}
        >
          Copy its {count(emissions.length)} messages as JSON lines
        </button>
      )}
    </Section>
  );
}
