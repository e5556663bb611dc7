//! The whole bound from some of its terms.

use std::collections::BTreeMap;

/// Some `count` of the timesteps `0..len`, denser where there is little noise and the terms are large; more come close
/// to all of them. First, last and second are the first three; each of the others lies between two of those before it,
/// so that wherever one stops the rest is covered evenly.
pub fn spread_timesteps(len: usize, count: usize) -> Vec<usize> {
    let last = len.saturating_sub(1);
    let mut chosen: Vec<usize> = (0..=count.clamp(1, len.max(1)))
        .map(|i| (len as f64).powf(i as f64 / count.max(1) as f64).round() as usize - 1)
        .map(|t| t.min(last))
        .chain([0, 1.min(last), last])
        .collect();
    chosen.sort_unstable();
    chosen.dedup();
    let mut order = Vec::with_capacity(chosen.len());
    let mut take = |t: usize| {
        if !order.contains(&t) {
            order.push(t);
        }
    };
    [0, last, 1.min(last)].into_iter().for_each(&mut take);
    let mut gaps = std::collections::VecDeque::from([(1.min(chosen.len() - 1), chosen.len() - 1)]);
    while let Some((from, to)) = gaps.pop_front() {
        if to > from + 1 {
            let middle = from.midpoint(to);
            take(chosen[middle]);
            gaps.extend([(from, middle), (middle, to)]);
        }
    }
    order
}

/// The terms known so far, in bits per dimension.
#[derive(Clone, Debug)]
pub struct BoundEstimate {
    /// T, the number of all terms but L_T.
    len: usize,
    /// L_T.
    prior: f64,
    terms: BTreeMap<usize, f64>,
}

impl BoundEstimate {
    /// Of a schedule with `len` timesteps whose L_T is `prior`.
    pub fn new(len: usize, prior: f64) -> Self {
        Self {
            len,
            prior,
            terms: BTreeMap::new(),
        }
    }

    /// Takes the term of timestep `t`, counted from 0.
    pub fn insert(&mut self, t: usize, bits: f64) {
        self.terms.insert(t, bits);
    }

    /// L_T + sum of L_{t-1} + L_0, where the terms between two known ones lie on the straight line through them. `None`
    /// until first, second and last are known: L_0 is a likelihood and says nothing of its neighbours.
    pub fn sum(&self) -> Option<f64> {
        let last = self.len.checked_sub(1)?;
        let ends = [0, 1.min(last), last];
        if !ends.iter().all(|t| self.terms.contains_key(t)) {
            return None;
        }
        let known: f64 = self.terms.values().sum();
        let between: f64 = self
            .terms
            .iter()
            .zip(self.terms.iter().skip(1))
            .map(|((from, left), (to, right))| (to - from - 1) as f64 * 0.5 * (left + right))
            .sum();
        Some(self.prior + known + between)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timesteps_are_distinct_and_hold_the_ends() {
        for (len, count) in [(1, 10), (2, 1), (3, 100), (1000, 1), (1000, 40), (1000, 5000)] {
            let order = spread_timesteps(len, count);
            assert_eq!(order[..2.min(len)], [0, len - 1][..2.min(len)]);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), order.len());
            assert!(sorted.iter().all(|&t| t < len));
        }
        let order = spread_timesteps(1000, 40);
        assert_eq!(order[..3], [0, 999, 1]);
        assert!((25..=43).contains(&order.len()), "{}", order.len());
    }

    #[test]
    fn with_all_terms_the_sum_is_exact() {
        let mut estimate = BoundEstimate::new(4, 0.5);
        for (t, bits) in [(3, 1.0), (0, 7.0), (1, 3.0)] {
            estimate.insert(t, bits);
        }
        // The missing term is taken for the mean of its neighbours.
        assert_eq!(estimate.sum(), Some(0.5 + 7.0 + 3.0 + 2.0 + 1.0));
        estimate.insert(2, 5.0);
        assert_eq!(estimate.sum(), Some(16.5));
    }

    #[test]
    fn a_falling_curve_is_found_from_a_few_terms() {
        let term = |t: usize| 2.0 / (t as f64 + 1.0);
        let exact: f64 = (0..1000).map(term).sum();
        let mut estimate = BoundEstimate::new(1000, 0.0);
        for t in spread_timesteps(1000, 40) {
            estimate.insert(t, term(t));
        }
        let sum = estimate.sum().unwrap();
        assert!((sum / exact - 1.0).abs() < 0.01, "{sum} for {exact}");
    }

    #[test]
    fn without_the_ends_there_is_no_sum() {
        let mut estimate = BoundEstimate::new(10, 0.0);
        estimate.insert(0, 1.0);
        estimate.insert(1, 1.0);
        assert_eq!(estimate.sum(), None);
        estimate.insert(9, 1.0);
        assert_eq!(estimate.sum(), Some(10.0));
    }
}
