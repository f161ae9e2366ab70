interface Bar {
  key: string;
  label: string;
  value: number;
  /** The value in words. */
  text: string;
}

/** Amounts side by side, the longest bar is the largest. Each bar's name and value stand beside it as text. */
export function Bars({ label, bars }: { label: string; bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <ul className="pc-bars" aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.key}>
          <span>{bar.label}</span>
          <span>{bar.text}</span>
          <svg aria-hidden="true">
            <rect width={`${(100 * bar.value) / most}%`} height="100%" rx="4" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
