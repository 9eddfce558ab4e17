const regions: readonly (readonly [name: string, label: string])[] = [
  ["global", "Global"],
  ["europe", "Europe"],
  ["us", "US"],
];

/** Where calls must have been served for a destination to get them. */
export function Regions(props: {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const { chosen, onChange } = props;
  return (
    <fieldset class="plain field">
      <legend>Regions</legend>
      <div class="options">
        {regions.map(([name, label]) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={(event) => {
                const others = chosen.filter((one) => one !== name);
                onChange(event.currentTarget.checked ? [...others, name] : others);
              }}
            />
            {label}
          </label>
        ))}
      </div>
      {chosen.length === 0 ? (
        <p class="complaint">Choose at least one region.</p>
      ) : (
        <p class="hint">Only calls that were served there.</p>
      )}
    </fieldset>
  );
}
