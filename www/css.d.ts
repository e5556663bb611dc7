/** A style sheet imported `with { type: "text" }`: esbuild hands over its text. */
declare module '*.css' {
  const text: string;
  export default text;
}
