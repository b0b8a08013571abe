interface NumberFieldProps {
  readonly label: string
  readonly unit: string
  /** NaN while the field is empty; the browser keeps the form from being sent then. */
  readonly value: number
  readonly min: number
  readonly max: number
  onChange(value: number): void
}

export function NumberField({ label, unit, value, min, max, onChange }: NumberFieldProps) {
  return (
    <span class="dev-number">
      <input
        type="number"
        aria-label={label}
        required
        min={min}
        max={max}
        value={Number.isNaN(value) ? '' : value}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />{' '}
      {unit}
    </span>
  )
}
