//! The device is chosen once, at start, and handed down.

use burn::tensor::Device;
use burn::tensor::wgpu::{WgpuSetup, wgpu};
use serde::Serialize;
use thiserror::Error;

/// Where the arithmetic runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// wgpu: WebGPU in the browser, Vulkan, Metal or DirectX natively; or CUDA.
    Gpu,
    /// Burn's Flex, on the CPU.
    Cpu,
}

/// Which device is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "wasm32"), derive(clap::ValueEnum))]
pub enum Wanted {
    /// The GPU where there is a usable one, else the CPU.
    #[default]
    Auto,
    /// The GPU or nothing.
    Gpu,
    Cpu,
    /// The first CUDA device.
    #[cfg(feature = "cuda")]
    Cuda,
}

#[derive(Debug, Error)]
#[error("no usable GPU: {0}")]
pub struct ComputeError(String);

/// The device, and what is known of it.
#[derive(Debug)]
pub struct Compute {
    pub device: Device,
    pub backend: Backend,
    /// The adapter's name, as it gives it.
    pub adapter: String,
    /// The adapter is a program on the CPU, such as SwiftShader or lavapipe.
    pub software: bool,
    /// Why it is no GPU.
    pub reason: Option<String>,
    gpu: Option<WgpuSetup>,
}

impl Compute {
    /// Chooses the device. [`Wanted::Auto`] and [`Wanted::Cpu`] always find one. A graphics adapter that is itself a
    /// program on the CPU is only taken where a GPU is insisted on: Burn's own CPU code is faster.
    pub async fn choose(wanted: Wanted) -> Result<Self, ComputeError> {
        match wanted {
            Wanted::Cpu => Ok(Self::cpu("the CPU was asked for".into())),
            Wanted::Gpu => Self::gpu(probe().await?).await,
            #[cfg(feature = "cuda")]
            Wanted::Cuda => Ok(Self::cuda()),
            Wanted::Auto => Ok(match Self::real_gpu().await {
                Ok(compute) => compute,
                Err(ComputeError(reason)) => Self::cpu(reason),
            }),
        }
    }

    async fn real_gpu() -> Result<Self, ComputeError> {
        let info = probe().await?;
        if is_software(&info) {
            return Err(ComputeError(format!(
                "the graphics adapter, {}, is a program on the CPU",
                name(&info)
            )));
        }
        Self::gpu(info).await
    }

    fn cpu(reason: String) -> Self {
        Self {
            device: Device::flex(),
            backend: Backend::Cpu,
            adapter: "CPU".into(),
            software: false,
            reason: Some(reason),
            gpu: None,
        }
    }

    /// Without CUDA's libraries Burn stops the program, and says which it did not find.
    #[cfg(feature = "cuda")]
    fn cuda() -> Self {
        Self {
            device: Device::cuda(0),
            backend: Backend::Gpu,
            adapter: "CUDA device 0".into(),
            software: false,
            reason: None,
            gpu: None,
        }
    }

    async fn gpu(info: wgpu::AdapterInfo) -> Result<Self, ComputeError> {
        let options = Device::wgpu_options();
        // By itself Burn never chooses an adapter that is a program on the CPU.
        #[cfg(not(target_arch = "wasm32"))]
        let options = match info.device_type {
            wgpu::DeviceType::Cpu => options.device_kind(burn::tensor::DeviceKind::Cpu),
            _ => options,
        };
        let (device, gpu) = options
            .init_with_setup_async()
            .await
            .map_err(|error| ComputeError(error.to_string()))?;
        Ok(Self {
            device,
            backend: Backend::Gpu,
            adapter: name(&info).into(),
            software: is_software(&info),
            reason: is_software(&info).then(|| "the graphics adapter is a program on the CPU".into()),
            gpu: Some(gpu),
        })
    }

    /// Calls `lost` with the reason once the GPU is gone; never on the CPU.
    pub fn on_lost(&self, lost: impl Fn(String) + Send + 'static) {
        if let Some(gpu) = &self.gpu {
            gpu.device
                .set_device_lost_callback(move |reason, message| lost(format!("{reason:?}: {message}")));
        }
    }

    /// Gives the GPU up at once, as when a driver restarts.
    pub fn lose(&self) {
        if let Some(gpu) = &self.gpu {
            gpu.device.destroy();
        }
    }
}

fn name(info: &wgpu::AdapterInfo) -> &str {
    if info.name.is_empty() {
        "unnamed adapter"
    } else {
        &info.name
    }
}

/// A browser does not say what kind of adapter it has: the names of the programs are known.
fn is_software(info: &wgpu::AdapterInfo) -> bool {
    let name = info.name.to_lowercase();
    let known = ["swiftshader", "llvmpipe", "basic render"];
    info.device_type == wgpu::DeviceType::Cpu || known.iter().any(|program| name.contains(program))
}

/// What kind of adapter would be used, or why none can be.
async fn probe() -> Result<wgpu::AdapterInfo, ComputeError> {
    #[cfg(target_arch = "wasm32")]
    browser_offers_webgpu()?;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: wgpu::Backends::PRIMARY,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::HighPerformance,
        ..Default::default()
    };
    // The first request of a freshly started browser may find nothing: ask twice.
    let adapter = match instance.request_adapter(&options).await {
        Ok(adapter) => adapter,
        Err(_) => instance
            .request_adapter(&options)
            .await
            .map_err(|_| ComputeError("no graphics adapter was offered".into()))?,
    };
    if !adapter.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
        return Err(ComputeError(
            "the graphics adapter lacks timestamp queries".into(),
        ));
    }
    let info = adapter.get_info();
    #[cfg(target_arch = "wasm32")]
    let info = wgpu::AdapterInfo {
        name: browser_adapter_name().await.unwrap_or(info.name),
        ..info
    };
    Ok(info)
}

#[cfg(target_arch = "wasm32")]
fn browser_offers_webgpu() -> Result<(), ComputeError> {
    use js_sys::Reflect;
    let global = js_sys::global();
    let get = |object: &wasm_bindgen::JsValue, key: &str| Reflect::get(object, &key.into());
    if get(&global, "isSecureContext").is_ok_and(|value| value.is_falsy()) {
        let reason = "the page was not opened over https or from this machine, so the browser hides the GPU";
        return Err(ComputeError(reason.into()));
    }
    match get(&global, "navigator").and_then(|navigator| get(&navigator, "gpu")) {
        Ok(gpu) if gpu.is_object() => Ok(()),
        _ => Err(ComputeError("this browser does not offer WebGPU".into())),
    }
}

/// What the browser tells of its adapter: maker, family and, in some browsers, the model. wgpu passes on only the last.
#[cfg(target_arch = "wasm32")]
async fn browser_adapter_name() -> Option<String> {
    use js_sys::{Function, Promise, Reflect};
    use wasm_bindgen::{JsCast, JsValue};
    let get = |object: &JsValue, key: &str| Reflect::get(object, &key.into()).ok();
    let gpu = get(&get(&js_sys::global(), "navigator")?, "gpu")?;
    let request: Function = get(&gpu, "requestAdapter")?.dyn_into().ok()?;
    let promise: Promise = request.call0(&gpu).ok()?.dyn_into().ok()?;
    let adapter = wasm_bindgen_futures::JsFuture::from(promise).await.ok()?;
    let info = get(&adapter, "info")?;
    let known = |key| get(&info, key)?.as_string().filter(|text| !text.is_empty());
    let words: Vec<String> = ["vendor", "architecture", "description"]
        .into_iter()
        .filter_map(known)
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}
