//! Whoever is forgotten is forgotten by campaigns that are held in memory, too.

use super::*;

#[tokio::test]
async fn who_is_forgotten_stands_nowhere_on_a_board_that_was_made_before() {
    let house = House::new(BrandSize::Large).await;
    house.change(CampaignChange::Save(None, tagged("Ride"))).await;
    house.do_act(house.act("post", NOW - 5 * DAY, "Hello @walter3, ride with us #ride", 1)).await;
    for number in 0..6 {
        let (name, who) = (format!("said{number}"), format!("walter{number}"));
        let text = if number == 3 { "what a shame #ride" } else { "as @walter3 says, what a shame #ride" };
        let heard = house.mention(&name, &who, NOW - 2 * DAY + number, text, Intent::Complaint);
        house.hear(vec![heard]).await;
    }
    let mut keeper = house.open().await;
    let before = format!("{:?}", house.board(&mut keeper).await);
    assert!(before.contains("walter3") && before.contains("as @walter3 says"), "{before}");
    let accounts = house.store.accounts("walter3", None).await.unwrap().iter().map(|account| account.person).collect();
    let whom = crate::store::people::Whom { handle: "walter3".into(), accounts, networks: Vec::new() };
    house.store.forget(&whom, at(NOW)).await.unwrap();
    let board = house.board(&mut keeper).await;
    assert!(!format!("{board:?}").contains("walter3"), "{board:?}");
    assert_eq!(board, house.anew().await);
}
