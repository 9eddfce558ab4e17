/** The first letter of a type's name, to find it by. */
export function TypeMark({ name }: { readonly name: string }) {
  return (
    <span class="type-mark" aria-hidden="true">
      {name.charAt(0)}
    </span>
  );
}
