/** Lines of text that are being loaded, as grey bars of the same height. */
export function Bones({ lines = 3 }: { lines?: number }) {
  return (
    <div className="pt-bones">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="pt-bone" />
      ))}
    </div>
  );
}
