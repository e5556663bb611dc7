// The settings, by their names in properties.js: label, one line of explanation, and the words for each choice.

const SCHEDULES = {
  linear: 'Linear (DDPM)',
  scaledLinear: 'Scaled linear (Stable Diffusion)',
  cosine: 'Cosine (Improved DDPM)',
  sigmoid: 'Sigmoid',
};

const NETWORKS = {
  unet: 'U-Net',
  'unet-cross': 'U-Net with cross-attention',
  dit: 'Diffusion Transformer (DiT)',
  tiny: 'Tiny U-Net',
};

const PREDICTIONS = {
  epsilon: 'ε, the noise',
  sample: 'x₀, the digit',
  v: 'v, a mix of both',
  flow: 'u, the velocity of a flow',
};

/** Classes are called as in their data set: see `dataSets`. */
const ANY = { none: 'Any (unconditional)' };

/** Each of the two in a race has these. */
const RACER = {
  network: {
    label: 'Network',
    help: 'On a slow machine, let tiny ones race.',
    choices: NETWORKS,
  },
  prediction: {
    label: 'Predicts',
    help: 'What its loss is the error of.',
    choices: PREDICTIONS,
  },
  schedule: {
    label: 'Noise schedule',
    help: 'A flow has one of its own.',
    choices: SCHEDULES,
  },
  rate: {
    label: 'Learning rate',
    help: 'Too large, and it trips.',
  },
};

export default {
  model: {
    label: 'Trained network',
    help: 'The one that the page opens with.',
    choices: {
      'mnist-unet': 'U-Net',
      'mnist-dit': 'Diffusion Transformer (DiT)',
      'mnist-dit-learned-sigma': 'DiT that learns its variance',
      'mnist-dit-latent': 'DiT over latents',
      'mnist-flow': 'U-Net, a flow',
      'fashion-unet': 'U-Net, clothes',
      'fashion-dit': 'DiT, clothes',
      none: 'None',
    },
  },
  openingDigit: {
    label: 'Digit',
    classLabel: 'Class',
    help: 'What the network is told to see in the noise.',
    choices: { each: 'One of each' },
  },
  openingSeed: {
    label: 'Noise seed',
    help: 'Another seed is other noise, and so other digits.',
  },
  image: {
    label: 'Test image',
    help: 'Its number among the test images of the data set.',
  },
  t: {
    label: 'Timestep t',
    help: '0 is the untouched digit; at 1000 almost nothing of it is left.',
  },
  schedule: {
    label: 'Noise schedule',
    help: 'How fast the digit sinks into the noise on the way.',
    choices: SCHEDULES,
  },
  noiseSeed: {
    label: 'Noise seed',
    help: 'The same seed always gives the same noise.',
  },
  zeroTerminalSnr: {
    label: 'Zero terminal SNR',
    help: 'Bends the curve so that at the end nothing of the digit is left.',
  },
  stepwise: {
    label: 'Step by step',
    help: 'Small steps with fresh noise each, in the place of one jump.',
  },
  pictureInverted: {
    label: 'Invert it',
    help: 'Dark lines on light paper become light lines on black, as in MNIST.',
  },
  dataSet: {
    label: 'Data set',
    help: 'What is shown above, and what a new run learns from.',
    choices: {
      mnist: 'MNIST: handwritten digits',
      fashion: 'Fashion-MNIST: clothes',
      own: 'Pictures of your own',
    },
  },
  ownInverted: {
    label: 'Invert your pictures',
    help: 'Dark lines on light paper become light lines on black, as in MNIST.',
  },
  preset: {
    label: 'Network',
    help: 'The tiny one draws worse, and learns on slow machines too.',
    choices: NETWORKS,
  },
  batchSize: {
    label: 'Batch size',
    help: 'Pictures in one step. More: a steadier loss, a slower step.',
  },
  learningRate: {
    label: 'Learning rate',
    help: 'How far each step moves the weights. Too far, and the loss jumps.',
  },
  trainSchedule: {
    label: 'Noise schedule',
    help: 'The noise levels the network will meet. Samples use the same one.',
    choices: SCHEDULES,
  },
  prediction: {
    label: 'The network predicts',
    help: 'Each says the same of a noisy digit. A flow has a noise schedule of its own.',
    choices: PREDICTIONS,
  },
  seed: {
    label: 'Seed',
    help: 'First weights, order of the pictures, noise: all follow from it.',
  },
  gridEvery: {
    label: 'Sample interval',
    help: 'Steps between drawings. Rarely: more time for learning.',
  },
  weights: {
    label: 'Weights to draw with',
    help: 'Counts from the next drawing on, in all sections: no restart.',
    choices: { ema: 'their moving average (EMA)', raw: 'of the last step, as they are' },
  },
  sampler: {
    label: 'Sampler',
    help: 'DDPM adds fresh noise on the way; DDIM can do without, and the others do. Section four compares them.',
    choices: {
      ddim: 'DDIM',
      ddpm: 'DDPM',
      euler: 'Euler',
      heun: 'Heun',
      dpmSolverPp2M: 'DPM-Solver++(2M)',
      uniPc: 'UniPC',
    },
  },
  steps: {
    label: 'Steps',
    help: 'Each step asks the network once (twice with guidance).',
  },
  eta: {
    label: 'Fresh noise η',
    help: '0: the start decides everything. 1: as much fresh noise as DDPM.',
  },
  class: {
    label: 'Digit to draw',
    classLabel: 'Class to draw',
    help: 'The class that the network is told while it looks at the noise.',
    choices: ANY,
  },
  guidanceScale: {
    label: 'Guidance scale w',
    help: '1: no guidance. Higher: more typical digits, less variety.',
  },
  sampleSeed: {
    label: 'Seed',
    help: 'The first noise, x at time T. Same seed, same noise.',
  },
  count: {
    label: 'Pictures',
    help: 'Drawn side by side, each from its own noise.',
  },
  compareClass: {
    label: 'Digit to draw',
    classLabel: 'Class to draw',
    help: 'The same for all of them.',
    choices: ANY,
  },
  compareSteps: {
    label: 'Steps each',
    help: 'Few, and the methods part; many, and they meet.',
  },
  compareSeed: {
    label: 'Seed',
    help: 'The noise that all of them start from.',
  },
  compareBeside: {
    label: 'A second network',
    help: 'One more row: a flow, or beside a flow one that predicts noise. A download of 5.5 MB.',
  },
  steer: {
    label: 'What decides',
    help: 'Five ways to have a say in what is drawn.',
    choices: {
      interpolate: 'Between two noises',
      invert: 'To noise and back',
      edit: 'From a picture',
      inpaint: 'Around a hole',
      variance: 'By chance',
    },
  },
  steerClass: {
    label: 'Digit to draw',
    help: 'What the network is told. Any: it finds out by itself.',
    choices: ANY,
  },
  steerGuidance: {
    label: 'Guidance scale w',
    help: '1: no guidance. Higher: the digit above all.',
  },
  steerSteps: {
    label: 'Steps',
    help: 'DDIM’s, from noise to picture.',
  },
  steerSeed: {
    label: 'Seed',
    help: 'The noise that it begins with.',
  },
  steerOtherSeed: {
    label: 'Other seed',
    help: 'The noise that it ends with.',
  },
  steerPosition: {
    label: 'Position λ',
    help: '0: the noise of the one seed. 1: that of the other.',
  },
  steerSource: {
    label: 'Picture',
    help: 'None of these was ever trained on.',
    choices: { test: 'A digit from the test images', drawn: 'Your own drawing' },
  },
  steerImage: {
    label: 'Test image',
    help: 'Its number among the 10,000 test images of MNIST.',
  },
  steerStrength: {
    label: 'Noise up to t',
    help: 'Little: it stays as it is. Much: it is forgotten.',
  },
  steerHole: {
    label: 'Hole',
    help: 'What is filled in; the rest is kept.',
    choices: {
      bottom: 'The lower half',
      top: 'The upper half',
      left: 'The left half',
      right: 'The right half',
      middle: 'The middle',
      painted: 'As you paint it',
    },
  },
  steerResamplings: {
    label: 'Times through',
    help: 'How often each tenth of the way is gone. 1: no jumps back.',
  },
  steerCount: {
    label: 'Tries',
    help: 'All from one noise, each with fresh noise of its own.',
  },
  guidanceRescale: {
    label: 'Rescale φ',
    help: 'Takes back the contrast that guidance adds. 1: all of it.',
  },
  guidanceSteps: {
    label: 'Steps each',
    help: 'DDIM in every row. Guided steps look at twice as many pictures.',
  },
  guidanceSeed: {
    label: 'Seed',
    help: 'The noise that each column starts from.',
  },
  guidanceVerdicts: {
    label: 'Have every picture read',
    help: 'By a second network, trained to tell digits apart. It takes 0.8 MB.',
  },
  boundVariance: {
    label: 'Variance of the steps back',
    help: 'One of two extremes, or between them what a network says that has learned it.',
    choices: {
      fixedSmall: 'β̃, the posterior’s',
      fixedLarge: 'β, the forward step’s',
      learnedRange: 'the network’s own, else β̃',
    },
  },
  boundImages: {
    label: 'Test images',
    help: 'The first so many, none of which it was trained on.',
  },
  boundTimesteps: {
    label: 'Terms to measure',
    help: 'Of all 1,000, denser where t is small. One model call each.',
  },
  boundSeed: {
    label: 'Seed',
    help: 'The noise that the images are given.',
  },
  diagram: {
    label: 'Network',
    help: 'The last two are published ones: too large for a tab, and drawn all the same.',
    choices: {
      own: 'The one of section two',
      opened: 'The opened one',
      unet: 'U-Net',
      'unet-cross': 'U-Net with cross-attention',
      dit: 'Diffusion Transformer (DiT)',
      'unet-128': 'UNet2DModel for 128 × 128',
      'dit-s-4': 'DiT-S/4 over latents',
    },
  },
  diagramBatch: {
    label: 'Pictures in the batch',
    help: 'The first number of every shape.',
  },
  machineDigit: {
    label: 'Digit',
    classLabel: 'Class',
    help: 'Each starts from its own noise, the same in every row.',
  },
  machineView: {
    label: 'What is shown',
    help: 'The guess is there from the first look on; the picture follows it.',
    choices: { x0Hat: 'x̂₀, the guess at the digit', xT: 'xₜ, the picture so far' },
  },
  machineStage: {
    label: 'Denoising stage',
    help: '0: nothing but noise. 10: the end of the way.',
  },
  pointsShape: {
    label: 'Points to learn from',
    help: 'Another shape starts anew, and so does a change of the other two.',
    choices: {
      'two-moons': 'Two moons',
      'swiss-roll': 'Swiss roll',
      'eight-gaussians': 'Eight Gaussians',
      checkerboard: 'Checkerboard',
      drawn: 'Your own drawing',
    },
  },
  pointsRate: {
    label: 'Learning rate',
    help: 'So small a network can take large steps.',
  },
  pointsSeed: {
    label: 'Seed',
    help: 'First weights, the points, the noise: all follow from it.',
  },
  pointsView: {
    label: 'What is shown',
    help: 'The guess comes first; the point then moves a little towards it.',
    choices: {
      xT: 'xₜ, the points on their way',
      x0Hat: 'x̂₀, where each seems to belong',
      field: '−ε̂, the vector field',
    },
  },
  pointsStage: {
    label: 'Denoising step',
    help: '0: nothing but noise. 20: the samples.',
  },
  autoencoderPreset: {
    label: 'Autoencoder',
    help: 'The tiny one blurs more, and learns on slow machines too.',
    choices: { autoencoder: 'AutoencoderKL', 'autoencoder-tiny': 'Tiny AutoencoderKL' },
  },
  latentPreset: {
    label: 'Network over the latents',
    help: 'Each has a twin over pixels, which the table compares it with.',
    choices: {
      'unet-latent': 'U-Net',
      'dit-latent': 'Diffusion Transformer (DiT)',
      'unet-latent-tiny': 'Tiny U-Net',
    },
  },
  klWeight: {
    label: 'Weight of the KL divergence',
    help: 'More: latents closer to pure noise, and blurred digits.',
  },
  latentRate: {
    label: 'Learning rate',
    help: 'Of the autoencoder and of the network.',
  },
  latentBatch: {
    label: 'Pictures a step',
    help: 'The batch size; of the network, latents a step.',
  },
  latentImages: {
    label: 'Pictures to encode',
    help: 'All of them, or the first so many.',
  },
  latentSeed: {
    label: 'Seed',
    help: 'First weights, order, noise: all follow from it.',
  },
  latentDigit: {
    label: 'Digit to follow',
    help: 'Its way from noise is shown channel by channel.',
  },
  latentStage: {
    label: 'Denoising stage',
    help: '0: nothing but noise. 10: the end of the way.',
  },
  latentFirst: {
    label: 'From test image',
    help: 'Its number among the 10,000.',
  },
  latentSecond: {
    label: 'To test image',
    help: 'Its number among the 10,000.',
  },
  latentMix: {
    label: 'Tenths of the second',
    help: '0: the first alone. 10: the second alone.',
  },
  raceNetworkA: RACER.network,
  racePredictionA: RACER.prediction,
  raceScheduleA: RACER.schedule,
  raceRateA: RACER.rate,
  raceNetworkB: RACER.network,
  racePredictionB: RACER.prediction,
  raceScheduleB: RACER.schedule,
  raceRateB: RACER.rate,
  raceBatchSize: {
    label: 'Pictures in a batch',
    help: 'The same for both, or they would not see the same ones.',
  },
  raceSeed: {
    label: 'Seed',
    help: 'The same for both: pictures, timesteps, noise, first weights.',
  },
  raceEvery: {
    label: 'Steps between looks',
    help: 'At a look both draw, and are asked about test images.',
  },
  racePace: {
    label: 'Kept level by',
    help: 'Who is behind trains next. This can change on the way.',
    choices: { steps: 'equal steps', seconds: 'equal time' },
  },
  exportScale: {
    label: 'Scale of pictures',
    help: 'Screen pixels for each of a picture’s, in both directions.',
  },
};
