// Compute pipelines that the browser compiles side by side.
//
// wgpu asks for each pipeline where it is first needed, by `createComputePipeline`: then the browser compiles one after the
// other, and what was launched waits. `createComputePipelineAsync` compiles on many threads. Between `begin` and `end` work is
// only rehearsed: its pipelines are asked for in that way, wgpu is given a stand-in for each, and none of it runs.

/** Takes a pipeline's place for ever. */
class StandIn {
  #create;
  #layouts;
  #pipeline;

  /** @param {() => GPUComputePipeline} create at once, as wgpu asked for it */
  constructor(create, coming, layouts) {
    this.#create = create;
    this.#layouts = layouts;
    const settled = coming.then(
      (pipeline) => (this.#pipeline ??= pipeline),
      // `create` fails in the same way, and there it is told of.
      () => {},
    );
    onTheirWay.add(settled);
    settled.then(() => onTheirWay.delete(settled));
  }

  getBindGroupLayout(index) {
    return this.#layouts[index];
  }

  /** Whoever cannot wait for it compiles it now. */
  get pipeline() {
    this.#pipeline ??= this.#create();
    return this.#pipeline;
  }
}

/** Promises of pipelines that are being compiled. */
const onTheirWay = new Set();
/** Gives the prototypes back what they had. Nothing while there is no rehearsal. */
let restore;
let isInstalled = false;

/** From now on stand-ins are known where pipelines are used. */
function install() {
  isInstalled = true;
  const pass = GPUComputePassEncoder.prototype;
  const { setPipeline } = pass;
  pass.setPipeline = function (pipeline) {
    setPipeline.call(this, pipeline instanceof StandIn ? pipeline.pipeline : pipeline);
  };
}

function begin() {
  if (!isInstalled) install();
  const device = GPUDevice.prototype;
  const pass = GPUComputePassEncoder.prototype;
  const { createComputePipeline, createPipelineLayout } = device;
  const { setPipeline, dispatchWorkgroups, dispatchWorkgroupsIndirect } = pass;
  restore = () => {
    Object.assign(device, { createComputePipeline, createPipelineLayout });
    Object.assign(pass, { setPipeline, dispatchWorkgroups, dispatchWorkgroupsIndirect });
  };

  const layoutsOf = new Map();
  device.createPipelineLayout = function (descriptor) {
    const layout = createPipelineLayout.call(this, descriptor);
    layoutsOf.set(layout, descriptor.bindGroupLayouts);
    return layout;
  };
  device.createComputePipeline = function (descriptor) {
    const create = () => createComputePipeline.call(this, descriptor);
    const layouts = layoutsOf.get(descriptor.layout);
    // Of a layout that follows from the shader nothing is known before that is compiled.
    return layouts ? new StandIn(create, this.createComputePipelineAsync(descriptor), layouts) : create();
  };
  pass.setPipeline = () => {};
  pass.dispatchWorkgroups = () => {};
  pass.dispatchWorkgroupsIndirect = () => {};
}

function end() {
  restore?.();
  restore = undefined;
}

/** Waits until all pipelines are there, but for no more than so many milliseconds where that is said. */
async function compiled(atMost) {
  const waits = [Promise.all(onTheirWay)];
  if (atMost !== undefined) waits.push(new Promise((resolve) => setTimeout(resolve, atMost)));
  await Promise.race(waits);
}

export const rehearsal = { begin, end, compiled, compiling: () => onTheirWay.size > 0 };
