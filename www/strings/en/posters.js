// The posters of embedded elements: what stands there until a reader starts a view.

export default {
  opening: {
    title: 'Digits form from noise',
    promise: 'A trained network draws ten of them here, on your own machine. Go back through its steps.',
  },
  forward: {
    title: 'A digit sinks into noise',
    promise: 'Drag through the timesteps and find the place where you stop recognising it.',
  },
  train: {
    title: 'A network learns to see noise',
    promise: 'It starts from nothing, here in your browser, and its samples turn from snow to digits.',
  },
  estimate: {
    title: 'What a network makes of it',
    promise: 'It sees the digit of the view beside it with its noise, and says which noise that is.',
  },
  'slow-motion': {
    title: 'One training step in slow motion',
    promise: 'A picture, its noise, the network’s answer, its error, and the same question afterwards.',
  },
  'time-machine': {
    title: 'A time machine for training',
    promise: 'From the same noise at every moment of the training: one way it learns, the other it draws.',
  },
  sample: {
    title: 'A digit that nobody wrote',
    promise: 'From pure noise, step by step, and back through the steps.',
  },
  compare: {
    title: 'Samplers side by side',
    promise: 'One noise, one network, and a row for each way down.',
  },
  steer: {
    title: 'Have a say in what is drawn',
    promise: 'Between two noises, from a picture of yours, around a hole in a digit.',
  },
  guidance: {
    title: 'Guidance, turned up',
    promise: 'Every digit, with its name taken ever more seriously.',
  },
  bound: {
    title: 'A network’s worth, in bits',
    promise: 'How well could it store a digit? One point for every timestep that is measured.',
  },
  network: {
    title: 'Inside the network',
    promise: 'Every block of it, with its shape and its weights, and what it makes of a digit.',
  },
  race: {
    title: 'Two networks, one race',
    promise: 'They learn from the same pictures in the same order. Which draws better, and sooner?',
  },
  points: {
    title: 'Noise finds its way to a shape',
    promise: 'A network learns points in the plane, yours too, and moves noise back to them.',
  },
  latent: {
    title: 'Diffusion in a smaller space',
    promise: 'An autoencoder learns to squeeze digits, and a network learns to draw what it squeezed.',
  },
};
