/** The part of gifenc that the page uses: it comes without types. */
declare module 'gifenc' {
  type Palette = number[][];
  export function GIFEncoder(): {
    writeFrame(
      indices: Uint8Array | Uint8ClampedArray,
      width: number,
      height: number,
      options: { palette: Palette; delay: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  };
  export function quantize(rgba: Uint8ClampedArray, colours: number): Palette;
  export function applyPalette(rgba: Uint8ClampedArray, palette: Palette): Uint8Array;
}
