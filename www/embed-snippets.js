// What a blog's author writes to embed a view, for each kind of blog.

/**
 * @typedef {object} Embedding
 * @property {string} base the address of the folder that the playground is served from, with its slash
 * @property {string} [integrity] of the script, as Subresource Integrity has it
 * @property {[string, string][]} attributes names and values
 */

/** @satisfies {Record<string, { write: (embedding: Embedding) => string }>} */
export const hosts = {
  script: { write: tags },
  frame: {
    write: ({ base, attributes }) => {
      const address = `${base}embed.html?${new URLSearchParams(attributes)}`;
      return `<iframe src="${escaped(address)}" title="Diffusion playground" width="100%" height="300" style="border: 0" sandbox="allow-scripts" loading="lazy"></iframe>
<script src="${escaped(base)}embed-frame.js" async></script>`;
    },
  },
  jekyll: {
    write: (embedding) => `\n${tags(embedding)}\n`,
  },
  hugo: {
    write: ({ attributes, ...embedding }) => `${scriptTag(embedding)}
<diffusion-playground{{ range $name, $value := .Params }} {{ printf "%s=%q" $name $value | safeHTMLAttr }}{{ end }}></diffusion-playground>

{{< diffusion-playground ${written(attributes)} >}}`,
  },
  quarto: {
    write: (embedding) => `\`\`\`{=html}\n${tags(embedding)}\n\`\`\``,
  },
  mdx: {
    write: ({ attributes }) =>
      `import 'diffusion-playground/element';\n\n<diffusion-playground ${written(attributes)}></diffusion-playground>`,
  },
  observable: {
    write: ({ base, attributes }) => {
      const set = attributes.map(
        ([name, value]) => `playground.setAttribute(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
      );
      return `\`\`\`js
import ${JSON.stringify(`${base}playground.js`)};
const playground = display(document.createElement("diffusion-playground"));
${set.join('\n')}
\`\`\``;
    },
  },
};

/** @typedef {keyof typeof hosts} HostName */

export const hostNames = /** @type {HostName[]} */ (Object.keys(hosts));

/** @param {Embedding} embedding */
function tags(embedding) {
  return `${scriptTag(embedding)}\n<diffusion-playground ${written(embedding.attributes)}></diffusion-playground>`;
}

/** @param {Pick<Embedding, 'base' | 'integrity'>} embedding */
function scriptTag({ base, integrity }) {
  const proof = integrity ? ` integrity="${integrity}" crossorigin="anonymous"` : '';
  return `<script type="module" src="${escaped(base)}playground.js"${proof}></script>`;
}

/** @param {[string, string][]} attributes */
const written = (attributes) => attributes.map(([name, value]) => `${name}="${escaped(value)}"`).join(' ');

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
