//! A network whose forward pass is recorded, so that a sampler's steps cost the host little.

use std::cell::RefCell;
use std::rc::Rc;

use burn::tensor::{Int, Tensor};

use super::Network;
use crate::denoiser::{Asked, Denoiser};
use crate::kernels::{self, Inputs};
use crate::runtime::{Recording, may_replay};

/// A network that is asked step after step. On the GPU its pass is recorded when it is asked for the second time in a row
/// with one shape, and replayed from then on until the shape changes. Clones share the recording.
#[derive(Clone)]
pub struct Replayed {
    network: Network,
    pass: Rc<RefCell<Pass>>,
}

/// The shape of what is asked, whether with labels, and whether twice.
type Shape = ([usize; 4], bool, bool);

#[derive(Default)]
enum Pass {
    #[default]
    New,
    Seen(Shape),
    Recorded(Shape, Box<(Inputs, Recording<Tensor<4>>)>),
    /// The device does not record.
    Refused,
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

    /// Whether the last answer was replayed.
    pub fn is_recorded(&self) -> bool {
        matches!(&*self.pass.borrow(), Pass::Recorded(..))
    }

    fn record(&self, asked: &Asked) -> Pass {
        let (inputs, network) = (asked.clone().inputs(), self.network.in_one_vector());
        let (x_t, t, labels) = inputs.clone().parts();
        let pass = move || network.denoise(x_t.clone(), t.clone(), labels.clone());
        match Recording::new(&asked.x_t.device(), pass) {
            Some(recording) => Pass::Recorded(shape(asked), Box::new((inputs, recording))),
            None => Pass::Refused,
        }
    }
}

fn shape(asked: &Asked) -> Shape {
    (
        asked.x_t.dims(),
        asked.labels.is_some(),
        asked.null_class.is_some(),
    )
}

impl Denoiser for Replayed {
    fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4> {
        self.network.denoise(x_t, t, labels)
    }

    fn answer(&self, asked: Asked) -> Tensor<4> {
        if !may_replay(&asked.x_t.device()) {
            return self.network.answer(asked);
        }
        let mut pass = self.pass.borrow_mut();
        match &*pass {
            Pass::Refused => return self.network.answer(asked),
            Pass::Recorded(seen, ..) if *seen == shape(&asked) => {}
            Pass::Seen(seen) if *seen == shape(&asked) => *pass = self.record(&asked),
            _ => {
                *pass = Pass::Seen(shape(&asked));
                return self.network.answer(asked);
            }
        }
        let Pass::Recorded(_, recorded) = &*pass else {
            return self.network.answer(asked);
        };
        let (inputs, recording) = &**recorded;
        let Asked {
            x_t,
            t,
            labels,
            null_class,
        } = asked.clone();
        // Held until the replay: what nobody holds any more need not be computed.
        let _written = kernels::write_inputs(inputs, x_t, t, labels, null_class);
        match recording.replay() {
            Some(output) => output.clone(),
            // The device is lost: whoever reads is told so.
            None => self.network.answer(asked),
        }
    }
}
