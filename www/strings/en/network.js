// Inside the networks.

export default {
  blocks: 'Blocks of the network',
  parameters: 'Parameters',
  multiplyAdds: 'Multiply-adds, one picture',
  memory: 'Memory of the weights',
  training: '… with what training holds',
  attentionOf: 'attention',
  rows: 'Every row of A adds up to 1: it says how one place shares out its attention.',
  rowsOpen: (/** @type {string} */ rows) => `${rows} Open a block with attention, and the sizes are its own.`,
  rowsHere: (/** @type {string} */ rows, /** @type {number} */ queries, /** @type {number} */ keys) =>
    `${rows} Here ${queries} places look at ${keys}.`,
  modulated: (
    /** @type {number} */ t,
    /** @type {string} */ b,
    /** @type {string} */ s,
    /** @type {string} */ g,
  ) =>
    `At t = ${t} shift b, scale s and gate g of the attention have root mean squares of ${b}, ${s} and ${g}.`,
  blind: {
    shapes:
      'Of this network only the shapes are known here. What a block sees can be looked at in the network of section two.',
    plain: 'To look at pictures from the inside, choose one of the large blocks.',
    other: 'This network takes something other than images of digits: what it sees is not shown here.',
    none: 'There is no network yet. Train one in section two, and you can look inside it.',
  },
  choose: 'Choose a block to see its layers, and what it makes of a digit.',
  layer: 'Layer',
  result: 'Result',
  weights: 'Weights',
  work: 'Work',
  testImage: (/** @type {string} */ image, /** @type {number} */ t, /** @type {string} */ steps) =>
    `Test image ${image} at t = ${t}, after ${steps}.`,
  looking: 'Looking …',
  waiting: 'Waiting for the test images.',
  features: (/** @type {number} */ count, /** @type {string} */ of) =>
    `Feature maps, ${count} of ${of} channels`,
  featuresHelp: 'What the block hands on. Each channel from its least value, black, to its largest, white.',
  channel: (/** @type {number} */ number) => `Channel ${number}`,
  does: {
    down: 'On the way down: residual blocks, attention on some levels, then half the resolution.',
    mid: 'The lowest point: every pixel can look at every other.',
    up: 'On the way up: each residual block also gets what was kept on the way down.',
    blocks:
      'Attention among all patches, then a small network for each patch alone. The condition c sets how much of either is added.',
    convIn: 'From grey values to channels.',
    convOut: 'From channels back to the guess at the noise.',
    patches: 'Every patch becomes a token, a list of numbers.',
    final: 'Every token becomes a patch of the guess again.',
    output: 'The patches side by side. Nothing is learned here.',
    time: 'Turns the timestep into a list of numbers.',
    class: 'Turns the class into a list of numbers.',
  },
  noAttention: 'This block has no attention: every pixel sees its neighbours alone.',
  heads: (/** @type {number} */ heads) => `Attention, ${heads} ${heads === 1 ? 'head' : 'heads'}`,
  attentionLayer: 'Layer of attention',
  tooMany: (/** @type {number} */ queries, /** @type {number} */ keys) =>
    `${queries} places by ${keys}: too many weights to show.`,
  framed:
    'The framed place looks at all others: the fuller the colour, the more. Press on a map to choose another place.',
  placeThatLooks: (/** @type {string} */ place) => `Place that looks: ${place}`,
  headLooks: (/** @type {number} */ head, /** @type {string} */ place, /** @type {string} */ strength) =>
    `Head ${head} looks most at ${place}, with ${strength}`,
  head: (/** @type {number} */ head, /** @type {string} */ strength) => `head ${head}, at most ${strength}`,
  place: (/** @type {number} */ place, /** @type {number} */ of) => `place ${place} of ${of}`,
  rowColumn: (/** @type {number} */ row, /** @type {number} */ column, /** @type {number} */ side) =>
    `row ${row}, column ${column} of ${side} × ${side}`,
  cross: (/** @type {number} */ keys, /** @type {string} */ most) =>
    `The digit’s name comes in as ${keys} tokens that were learned with the rest, a set for every class and one for no class. Each map shows how much every place looks at one token; at any place a head’s ${keys} maps add up to 100 %. Full colour is ${most}. What a token stands for, nobody told the network.`,
  token: (/** @type {number} */ token) => `token ${token}`,
  crossHead: (/** @type {number} */ head) => `head ${head}`,
  headToken: (
    /** @type {number} */ head,
    /** @type {number} */ token,
    /** @type {string} */ mean,
    /** @type {string} */ most,
  ) => `Head ${head}, token ${token}: ${mean} on average, at most ${most}`,
  parts: { shift: 'shift', scale: 'scale', gate: 'gate' },
  halves: { attention: 'attention', mlp: 'MLP' },
  partOf: (/** @type {string} */ part, /** @type {string} */ half) => `${part}, ${half}`,
  modulation: 'Shift, scale and gate',
  modulationHelp: (/** @type {number} */ size, /** @type {string} */ largest) =>
    `What the block makes of timestep and class, a stroke for each of ${size} channels. All begin at 0: then the block adds nothing. The largest stroke is ${largest}.`,
  rootMeanSquare: (/** @type {string} */ value) => `root mean square ${value}`,
  condition: 'Time and class become the condition c, which goes into every block below.',
  inPatches: '{xt} goes in, cut into patches',
  outPatches: 'ε̂ comes out, the patches put together',
  inside:
    'The block from the inside: twice a norm, scaled and shifted by the condition, then attention or the MLP, then a gate from the condition, then added to what came in',
  norm: 'norm',
  scaleShift: 'scale, shift',
  intoBlocks: 'Time and class go into every residual block below.',
  in: '{xt} goes in',
  out: 'ε̂ comes out',
  to: (/** @type {string} */ size) => `to ${size}`,
  skip: (/** @type {number} */ count, /** @type {number} */ height, /** @type {number} */ width) =>
    `Skip connection: ${count} tensors of ${height} × ${width} go across`,
  timeBlocks: 'Time the blocks',
  stopTiming: 'Stop',
  timing: 'Timing the blocks, pass by pass',
  timeHelp:
    'The bars show counted work. How long does it take here? Time some passes, and a second bar shows that.',
  neverBuilt:
    'This network is too large to be built in a tab: its work is counted, its time cannot be measured.',
  timed: (/** @type {number} */ batch, /** @type {string} */ time, /** @type {number} */ passes) =>
    `Striped: the share of the time, measured on this device. A pass of ${batch} ${batch === 1 ? 'picture' : 'pictures'} took ${time}, the mean of ${passes}. Blocks without a bar are timed with the one before.`,
  shared: 'Training went on meanwhile, which can blur it.',
  blockWork: (/** @type {string} */ share) => `work ${share}`,
  blockTime: (/** @type {string} */ share) => `time ${share}`,
  blockWeights: (/** @type {string} */ count) => `${count} weights,`,
};
