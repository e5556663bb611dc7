//! A network whose forward pass is recorded, so that a sampler's steps cost the host little.

use std::cell::RefCell;
use std::rc::Rc;

use burn::tensor::{Int, Tensor};

use super::Network;
use crate::denoiser::Denoiser;
use crate::kernels;
use crate::runtime::{Recording, may_replay};

/// A network that takes batch after batch of one shape. On the GPU its pass is recorded at the second in a row, and
/// replayed from then on until the shape changes. Clones share the recording.
#[derive(Clone)]
pub struct Replayed {
    network: Network,
    pass: Rc<RefCell<Pass>>,
}

/// The shape of what comes in, and whether labels do.
type Shape = ([usize; 4], bool);

#[derive(Default)]
enum Pass {
    #[default]
    New,
    Seen(Shape),
    Recorded(Shape, Box<(Inputs, Recording<Tensor<4>>)>),
    /// The device does not record.
    Refused,
}

/// Where a recorded pass finds its inputs.
#[derive(Clone)]
struct Inputs {
    x_t: Tensor<4>,
    t: Tensor<1>,
    labels: Option<Tensor<1, Int>>,
}

impl Inputs {
    /// Others of the same shapes; labels are zeros until they are overwritten.
    fn copied(&self) -> Self {
        Self {
            x_t: kernels::copied(&self.x_t),
            t: kernels::copied(&self.t),
            labels: self.labels.as_ref().map(|labels| labels.full_like(0)),
        }
    }

    /// Writes the values of `others`, which are of the same shapes, before whatever is replayed next, if what comes back is
    /// held until then.
    fn overwrite(&self, others: Self) -> impl Sized {
        let labels = self.labels.as_ref().zip(others.labels);
        (
            kernels::overwrite(&self.x_t, others.x_t),
            kernels::overwrite(&self.t, others.t),
            labels.map(|(labels, others)| kernels::overwrite_labels(labels, others)),
        )
    }

    fn shape(&self) -> Shape {
        (self.x_t.dims(), self.labels.is_some())
    }
}

impl Replayed {
    pub fn new(network: Network) -> Self {
        Self {
            network,
            pass: Rc::default(),
        }
    }

    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Whether the last pass was replayed.
    pub fn is_recorded(&self) -> bool {
        matches!(&*self.pass.borrow(), Pass::Recorded(..))
    }

    fn plain(&self, Inputs { x_t, t, labels }: Inputs) -> Tensor<4> {
        self.network.denoise(x_t, t, labels)
    }

    fn record(&self, inputs: &Inputs) -> Pass {
        let (kept, network) = (inputs.copied(), self.network.in_one_vector());
        let Inputs { x_t, t, labels } = kept.clone();
        let pass = move || network.denoise(x_t.clone(), t.clone(), labels.clone());
        match Recording::new(&inputs.x_t.device(), pass) {
            Some(recording) => Pass::Recorded(inputs.shape(), Box::new((kept, recording))),
            None => Pass::Refused,
        }
    }
}

impl Denoiser for Replayed {
    fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4> {
        let inputs = Inputs { x_t, t, labels };
        if !may_replay(&inputs.x_t.device()) {
            return self.plain(inputs);
        }
        let mut pass = self.pass.borrow_mut();
        match &*pass {
            Pass::Refused => return self.plain(inputs),
            Pass::Recorded(shape, ..) if *shape == inputs.shape() => {}
            Pass::Seen(shape) if *shape == inputs.shape() => *pass = self.record(&inputs),
            _ => {
                *pass = Pass::Seen(inputs.shape());
                return self.plain(inputs);
            }
        }
        let Pass::Recorded(_, recorded) = &*pass else {
            return self.plain(inputs);
        };
        let (kept, recording) = &**recorded;
        let _written = kept.overwrite(inputs.clone());
        match recording.replay() {
            Some(output) => kernels::copied(output),
            // The device is lost: whoever reads is told so.
            None => self.plain(inputs),
        }
    }
}
